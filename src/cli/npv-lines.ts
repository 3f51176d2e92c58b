// A net present value, worked out line by line.
import type { NpvComputation } from '../ranking/index.js';

export function npvLines({ lines, costOfSale }: NpvComputation): readonly string[] {
  return [
    ...lines.map(({ fromMonth, toMonth, amount, payments, presentValue }) => {
      const months = fromMonth === toMonth ? `month ${fromMonth}` : `months ${fromMonth} to ${toMonth}`;
      return `${months}: ${amount} x ${payments.toFixed(3)} payments (after churn and discount) = ${presentValue.toFixed(2)}`;
    }),
    `less the cost of sale ${costOfSale}`,
  ];
}
