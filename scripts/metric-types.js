// Stands in the bundle for the package prom-client: the kinds of metrics that guard has. The rest of the
// package takes longer to load than all of them, and brings a tracing API, quantiles and a push client along.
// By their paths, since the package's name leads here.
export { default as Counter } from '../node_modules/prom-client/lib/counter.js';
export { default as Gauge } from '../node_modules/prom-client/lib/gauge.js';
export { default as Histogram } from '../node_modules/prom-client/lib/histogram.js';
export { default as Registry } from '../node_modules/prom-client/lib/registry.js';
