// Net present value of a sale: what it brings month by month while the customer stays, less what it costs to sell.
//
//   NPV = sum over months m of amount(m) x (1 - churn)^m / (1 + discount)^(m / 12)  -  costOfSale
//
// Source: Gupta and Lehmann, "Customers as assets", Journal of Interactive Marketing 17 (2003): margin x retention^t /
// (1 + i)^t, here by month, with a constant churn hazard and a yearly discount rate compounded monthly.
import type { ValueSettings } from '../../config/index.js';

/** One line of the computation: the payments of one cash flow. */
export interface NpvLine {
  readonly fromMonth: number;
  readonly toMonth: number;
  readonly amount: number;
  /** Sum of survival x discount over its months: how many undiscounted payments it is worth. */
  readonly payments: number;
  readonly presentValue: number;
}

export interface NpvComputation {
  readonly lines: readonly NpvLine[];
  readonly costOfSale: number;
  readonly netPresentValue: number;
}

export function netPresentValue(
  settings: Pick<ValueSettings, 'cashFlows' | 'annualDiscountPercent' | 'monthlyChurnPercent' | 'costOfSale'>,
): NpvComputation {
  const survival = 1 - settings.monthlyChurnPercent / 100;
  const discount = 1 + settings.annualDiscountPercent / 100;
  const lines = settings.cashFlows.map(({ fromMonth, toMonth = fromMonth, amount }): NpvLine => {
    let payments = 0;
    for (let month = fromMonth; month <= toMonth; month++) {
      payments += survival ** month / discount ** (month / 12);
    }
    return { fromMonth, toMonth, amount, payments, presentValue: amount * payments };
  });
  const { costOfSale } = settings;
  const netPresentValue = lines.reduce((sum, one) => sum + one.presentValue, 0) - costOfSale;
  return { lines, costOfSale, netPresentValue };
}
