import { runAlone } from '@throughline/service';
import definition from './service.ts';

await runAlone(definition);
