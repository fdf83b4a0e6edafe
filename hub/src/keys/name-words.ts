import { words } from '../words';
import { NAME_MAX, REASON_MAX, faultOf } from './name-rule';

/** What is wrong with a name, in words. */
export function nameFault(name: string): string | undefined {
  const fault = faultOf(name, NAME_MAX);
  switch (fault?.kind) {
    case 'empty':
      return words.keys.name.empty;
    case 'too-long':
      return words.keys.name.tooLong(fault.found);
    case 'forbidden':
      return words.keys.name.forbidden(fault.at);
    default:
      return undefined;
  }
}

/** What is wrong with a reason, in words. It may be left out. */
export function reasonFault(reason: string): string | undefined {
  const fault = faultOf(reason, REASON_MAX);
  switch (fault?.kind) {
    case 'too-long':
      return words.revoke.reasonTooLong(fault.found);
    case 'forbidden':
      return words.revoke.reasonForbidden(fault.at);
    default:
      return undefined;
  }
}
