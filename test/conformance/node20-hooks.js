// The module hooks of node20.js, which Node runs in a thread of their own.
const FACADE = new URL('node20-fs.js', import.meta.url).href;

export function resolve(specifier, context, next) {
  const fromSuite = context.parentURL?.includes('/@modelcontextprotocol/conformance/') === true;
  if (specifier !== 'fs' || !fromSuite) return next(specifier, context);
  return { url: FACADE, format: 'module', shortCircuit: true };
}
