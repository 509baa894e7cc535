import { MerchantStatus, NegativeBalance, type Program, type ProgramVersion, Rounding } from '@localplus/rpc/merchant';
import type { Validity } from '../domain/validity.ts';
import type { ProgramState } from '../store/program-states.ts';

/** Writes a program as the contract has it, where 0 stands for "no minimum" and "without end". */
export function writeProgram(state: ProgramState): Program {
  const { merchantStatus, versions, ...program } = state;
  return {
    ...program,
    merchantStatus: MerchantStatus[merchantStatus],
    versions: versions.map(({ publishedAt: _publishedAt, validity, ...version }) => ({
      ...version,
      rounding: Rounding[version.rounding],
      pointValidityDays: validity.kind === 'DAYS' ? validity.days : 0,
      otherValidity: writeOtherValidity(validity),
      negativeBalance: NegativeBalance[version.negativeBalance],
    })),
  };
}

function writeOtherValidity(validity: Validity): ProgramVersion['otherValidity'] {
  switch (validity.kind) {
    case 'FIXED_DATE':
      return { $case: 'validUntilDate', value: validity.on };
    case 'END_OF_MONTH':
      return { $case: 'validUntilEndOfMonth', value: validity.months };
    case 'INACTIVITY':
      return { $case: 'inactivityDays', value: validity.days };
    default:
      return undefined;
  }
}
