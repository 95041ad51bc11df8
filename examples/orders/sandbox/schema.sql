CREATE TABLE customers (
  customer_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE
);

CREATE TABLE orders (
  order_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_number text NOT NULL UNIQUE,
  customer_id bigint NOT NULL REFERENCES customers,
  status text NOT NULL CHECK (status IN ('placed', 'packed', 'shipped', 'delivered', 'cancelled')),
  ordered_at timestamptz NOT NULL,
  currency char(3) NOT NULL,
  total numeric(12, 2) NOT NULL,
  note text
);

CREATE INDEX orders_by_time ON orders (ordered_at DESC, order_id DESC);

CREATE TABLE order_lines (
  order_id bigint NOT NULL REFERENCES orders,
  line_number integer NOT NULL,
  product text NOT NULL,
  quantity integer NOT NULL CHECK (quantity > 0),
  unit_price numeric(12, 2) NOT NULL,
  PRIMARY KEY (order_id, line_number)
);
