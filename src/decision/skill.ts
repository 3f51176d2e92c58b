// How much better qualified agents sell.

/**
 * Factor on a presentation's conversion: `1 + 0.05 x (skillLevel - 5)`, so 0.8 at level 1, 1 at level 5 and 1.25 at level 10.
 * A modelling choice of ours that stands until conversions are learnt from what agents record; an IVR program has level 5.
 */
export function skillFactor(skillLevel: number): number {
  return 1 + 0.05 * (skillLevel - 5);
}
