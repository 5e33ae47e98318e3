import { maskedValue, type Mask } from '../audit/redaction/mask.js';
import type { Pipeline } from './ruling.js';

/** The pipeline, with what it tells agents in the place of servers free of secrets: config texts may hold some. */
export function maskedAnswers(pipeline: Pipeline, mask: Mask): Pipeline {
  return {
    stage: 'audit',
    rule(call) {
      const ruling = pipeline.rule(call);
      switch (ruling.kind) {
        case 'deny':
          return { ...ruling, denial: maskedValue(ruling.denial, mask) };
        case 'dry-run':
          return { ...ruling, answer: maskedValue(ruling.answer, mask) };
        case 'forward':
        case 'hold':
          return ruling;
      }
    },
  };
}
