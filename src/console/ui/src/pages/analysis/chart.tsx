// A chart as a picture with a name. What it shows stands in a table beside it, always.
import { lazy, Suspense } from 'react';
import { Loading } from '../../app/components/loading.js';
import type { ChartOption } from './palette.js';

export interface ChartProps {
  /** Names the picture: what is on it. */
  readonly label: string;
  readonly height: number;
  readonly option: ChartOption;
}

const Canvas = lazy(() => import('./canvas.js'));

export function Chart({ label, height, option }: ChartProps) {
  return (
    <div role="img" aria-label={label} style={{ minHeight: height }}>
      <Suspense fallback={<Loading />}>
        <Canvas option={option} height={height} />
      </Suspense>
    </div>
  );
}
