// A chart of echarts in an element of the page: made when the page is shown, as large as its element, and gone with it. Only pages that
// are loaded when they are needed use it: echarts is heavy.
import { useEffect, useRef } from 'react';
import type { RefObject } from 'react';
import { init } from 'echarts/core';
import type { EChartsType } from 'echarts/core';

export interface Chart {
  /** For the element that it is drawn in. */
  readonly box: RefObject<HTMLDivElement | null>;
  readonly chart: RefObject<EChartsType | undefined>;
}

export function useChart(): Chart {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(undefined);
  useEffect(() => {
    if (box.current === null) return undefined;
    const made = init(box.current, undefined, { renderer: 'canvas' });
    chart.current = made;
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(box.current);
    return () => {
      observer.disconnect();
      made.dispose();
      chart.current = undefined;
    };
  }, []);
  return { box, chart };
}
