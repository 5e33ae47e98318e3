import fs from 'node:fs';
import { Counter, Gauge, type Registry } from 'prom-client';

/**
 * What Prometheus expects to know of a process, looked up when it asks. prom-client's own collection
 * wakes the process up a hundred times a second to measure the event loop; its use is read here instead.
 */
export function registerProcessMetrics(registry: Registry, version: string): void {
  const registers = [registry];
  const build = new Gauge({
    name: 'guard_build_info',
    help: 'Always 1; the labels tell what runs.',
    labelNames: ['version', 'node'],
    registers,
  });
  build.set({ version, node: process.version }, 1);
  const startSeconds = Math.round(performance.timeOrigin) / 1000;
  const cpu = new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time used, in seconds.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      cpu.reset();
      cpu.inc((user + system) / 1e6);
    },
  });
  gauge(
    'process_start_time_seconds',
    'When the process was started, in seconds since 1970.',
    () => startSeconds,
  );
  gauge('process_resident_memory_bytes', 'Memory that the process holds.', () => process.memoryUsage.rss());
  gauge(
    'nodejs_heap_used_bytes',
    'Memory that JavaScript values take.',
    () => process.memoryUsage().heapUsed,
  );
  if (process.platform === 'linux') {
    gauge('process_open_fds', 'File descriptors that are open.', () => openDescriptors());
  }
  let last = performance.eventLoopUtilization();
  gauge('nodejs_eventloop_utilization', 'Part of the time since the last look that was busy, 0 to 1.', () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    return utilization;
  });

  function gauge(name: string, help: string, read: () => number): void {
    const own: Gauge = new Gauge({ name, help, registers, collect: () => own.set(read()) });
  }
}

function openDescriptors(): number {
  // The folder that is being read is one of them.
  return fs.readdirSync('/proc/self/fd').length - 1;
}
