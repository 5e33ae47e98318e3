/** The library surface: the policy engine, for programs that want its decisions without the relay. */
export { compilePolicy, type CompileResult, type LayerSource } from './policy/compile.js';
export type { CompiledPolicy } from './policy/compiled.js';
export { evaluate } from './policy/evaluate.js';
export type { Decision, Effect, LayerName, Obligation, RuleRef } from './policy/decision.js';
export type { PolicyPorts } from './policy/ports.js';
export type { PolicySource, RuleSource } from './policy/source.js';
export type { Subject, ToolHints } from './policy/subject.js';
