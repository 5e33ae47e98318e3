// Lets the conformance suite run on Node 20, where `fs` has no `globSync`. The suite imports the name, and
// uses it for nothing that a server is measured by. Load with --import.
import { register } from 'node:module';

if (Number(process.versions.node.split('.')[0]) < 22) register('./node20-hooks.js', import.meta.url);
