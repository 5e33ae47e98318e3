import type { ComponentChildren, VNode } from 'preact';
import { axisEnd, type Bar, linePath } from './chart-shape.js';
import { dayTime, duration, number } from './format.js';

/** Units of the drawing; it is stretched to the width that is there. */
const WIDTH = 600;
const HEIGHT = 160;

interface FrameProps {
  readonly title: string;
  readonly legend: readonly (readonly [className: string, words: string])[];
  readonly top: string;
  readonly bars: readonly Bar[];
  readonly children: ComponentChildren;
  readonly table: ComponentChildren;
}

/** A chart with its axis and legend, and the same numbers as a table for who cannot see it. */
function Frame({ title, legend, top, bars, children, table }: FrameProps): VNode {
  return (
    <figure class="chart">
      <figcaption>
        {title}
        <span class="legend">
          {legend.map(([className, words]) => (
            <span>
              <i class={className} /> {words}
            </span>
          ))}
        </span>
      </figcaption>
      <div class="plot">
        <span class="axis muted">{top}</span>
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          {children}
        </svg>
        <span class="axis muted">0</span>
      </div>
      <p class="ends muted">
        <span>{bars[0] === undefined ? '' : dayTime(bars[0].from)}</span>
        <span>{bars.length < 2 ? '' : dayTime(bars.at(-1)?.from ?? '')}</span>
      </p>
      <details>
        <summary>As a table</summary>
        <div class="table-box" tabIndex={0} role="group" aria-label={title}>
          {table}
        </div>
      </details>
    </figure>
  );
}

/** Calls over time: passed, denied and failed, one above the other. */
export function VolumeChart({ bars }: { readonly bars: readonly Bar[] }): VNode {
  const top = axisEnd(Math.max(...bars.map(({ passed, denied, failed }) => passed + denied + failed)));
  const step = WIDTH / bars.length;
  const part = (className: string, value: number, below: number, index: number): VNode | null =>
    value === 0 ? null : (
      <rect
        class={className}
        x={index * step + step * 0.1}
        width={step * 0.8}
        y={HEIGHT - ((below + value) / top) * HEIGHT}
        height={(value / top) * HEIGHT}
      />
    );
  return (
    <Frame
      title="Calls over time"
      legend={[
        ['passed', 'passed'],
        ['denied', 'denied'],
        ['failed', 'failed at the server'],
      ]}
      top={number(top)}
      bars={bars}
      table={
        <Table
          heads={['from', 'passed', 'denied', 'failed']}
          rows={bars.map((bar) => [
            dayTime(bar.from),
            number(bar.passed),
            number(bar.denied),
            number(bar.failed),
          ])}
        />
      }
    >
      {bars.map((bar, index) => (
        <g>
          <title>{`${dayTime(bar.from)}: ${bar.passed} passed, ${bar.denied} denied, ${bar.failed} failed`}</title>
          {part('passed', bar.passed, 0, index)}
          {part('denied', bar.denied, bar.passed, index)}
          {part('failed', bar.failed, bar.passed + bar.denied, index)}
        </g>
      ))}
    </Frame>
  );
}

/** Time to the answer over time. */
export function LatencyChart({ bars }: { readonly bars: readonly Bar[] }): VNode {
  const top = axisEnd(Math.max(...bars.map(({ p50, p95 }) => Math.max(p50 ?? 0, p95 ?? 0))));
  return (
    <Frame
      title="Time to the answer"
      legend={[
        ['p50', 'half are faster'],
        ['p95', '95 of 100 are faster'],
      ]}
      top={duration(top)}
      bars={bars}
      table={
        <Table
          heads={['from', 'p50', 'p95']}
          rows={bars.map((bar) => [dayTime(bar.from), duration(bar.p50), duration(bar.p95)])}
        />
      }
    >
      <path
        class="p95"
        d={linePath(
          bars.map(({ p95 }) => p95),
          top,
          WIDTH,
          HEIGHT,
        )}
      />
      <path
        class="p50"
        d={linePath(
          bars.map(({ p50 }) => p50),
          top,
          WIDTH,
          HEIGHT,
        )}
      />
    </Frame>
  );
}

/** A plain table; the first column names the row. */
export function Table({
  heads,
  rows,
}: {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly ComponentChildren[])[];
}): VNode {
  return (
    <table>
      <thead>
        <tr>
          {heads.map((head, index) => (
            <th scope="col" class={index === 0 ? '' : 'number'}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, ...cells]) => (
          <tr>
            <th scope="row">{name}</th>
            {cells.map((cell) => (
              <td class="number">{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
