import { describe, expect, test } from 'vitest';
import { readTraceparent, traceContextOf, traceHeadersOf } from '../../src/platform/trace-context.js';
import { verifies } from '../requirements.js';

verifies('tracing:grammar');

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const PARENT = `00-${TRACE}-${SPAN}-01`;

describe('traceparent', () => {
  test.each([
    [PARENT, true],
    [`00-${TRACE}-${SPAN}-00`, false],
    [`00-${TRACE}-${SPAN}-03`, true],
    [`cc-${TRACE}-${SPAN}-01-what-the-future-will-be`, true],
    [`01-${TRACE}-${SPAN}-01`, true],
  ])('%s', (text, sampled) => {
    expect(readTraceparent(text)).toEqual({ traceId: TRACE, spanId: SPAN, sampled });
  });

  test.each([
    [''],
    [undefined],
    [7],
    [`ff-${TRACE}-${SPAN}-01`],
    [`00-${'0'.repeat(32)}-${SPAN}-01`],
    [`00-${TRACE}-${'0'.repeat(16)}-01`],
    [`00-${TRACE.toUpperCase()}-${SPAN}-01`],
    [`00-${TRACE}-${SPAN}-01-more`],
    [`00-${TRACE}-${SPAN}-1`],
    [`00-${TRACE.slice(1)}-${SPAN}-01`],
    [` ${PARENT}`],
    [`${PARENT}\r\nx: y`],
    [`01-${TRACE}-${SPAN}-01.x`],
    [`01-${TRACE}-${SPAN}-01-${'x'.repeat(10_000)}`],
  ])('%s is none', (text) => {
    expect(readTraceparent(text)).toBeUndefined();
  });
});

function contextOf(meta: Record<string, string>) {
  return traceContextOf({ _meta: meta });
}

describe('the context of an HTTP request', () => {
  test('its two headers', () => {
    const headers = { traceparent: PARENT, tracestate: 'rojo=1, congo=2' };
    expect(traceHeadersOf({ ...headers, host: 'x', baggage: 'k=v' })).toEqual(headers);
    expect(traceHeadersOf({ ...headers, tracestate: ['rojo=1', ' congo=2'] })).toEqual(headers);
  });

  test('what is no valid header is left out', () => {
    expect(traceHeadersOf({ traceparent: PARENT, tracestate: 'no list' })).toEqual({ traceparent: PARENT });
    expect(traceHeadersOf({ traceparent: `${PARENT}, ${PARENT}`, tracestate: 'a=1' })).toBeUndefined();
    expect(traceHeadersOf({ traceparent: [PARENT, PARENT] })).toBeUndefined();
    expect(traceHeadersOf({ tracestate: 'a=1' })).toBeUndefined();
  });
});

describe('the context of a request', () => {
  test('all three members', () => {
    const meta = {
      traceparent: PARENT,
      tracestate: 'rojo=00f067aa0ba902b7, congo@v1=t61rcWkgMzE',
      baggage: 'userId=alice,serverNode=DF%2028;p=1, isProduction=false',
    };
    expect(contextOf(meta)).toEqual(meta);
  });

  test.each([
    ['tracestate', 'no list'],
    ['tracestate', 'A=1'],
    ['tracestate', `a=${'x'.repeat(600)}`],
    ['tracestate', Array.from({ length: 33 }, (_none, index) => `k${index}=1`).join(',')],
    ['tracestate', 'a=1\r\nx: y'],
    ['baggage', 'no pair'],
    ['baggage', 'a=1\r\nx: y'],
    ['baggage', `a=${'x'.repeat(9000)}`],
  ])('an invalid %s is left out: %s', (name, value) => {
    expect(contextOf({ traceparent: PARENT, [name]: value })).toEqual({ traceparent: PARENT });
  });

  test('without a valid traceparent there is none', () => {
    expect(contextOf({ tracestate: 'a=1' })).toBeUndefined();
    expect(traceContextOf(undefined)).toBeUndefined();
    expect(traceContextOf({ _meta: [PARENT] })).toBeUndefined();
  });
});
