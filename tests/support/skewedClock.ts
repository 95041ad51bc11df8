// Preloaded with NODE_OPTIONS, it shifts a process's clock by CLOCK_SKEW_MS milliseconds.
const skew = Number(process.env.CLOCK_SKEW_MS ?? 0);
const TrueDate = Date;
const now = () => TrueDate.now() + skew;

globalThis.Date = new Proxy(TrueDate, {
  construct: (date, given, target) => Reflect.construct(date, given.length === 0 ? [now()] : given, target),
  get: (date, name, receiver) => (name === 'now' ? now : Reflect.get(date, name, receiver)),
});
