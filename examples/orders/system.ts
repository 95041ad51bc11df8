import { defineSystem } from '../../shared/action/defineSystem.ts';
import { secrets, settings } from './settings.ts';

export const orders = defineSystem({
  name: 'orders',
  title: 'Orders',
  about: 'Orders holds what customers ordered, and how far each order is.',
  advice:
    'For finding orders use findOrders, for all about one order use getOrder, for how many there are and what they sum up to use countOrders.',
  toolsets: { orders: 'Orders' },
  settings,
  secrets,
  open: async parts => (await import('./api/orders.ts')).openOrders(parts),
});
