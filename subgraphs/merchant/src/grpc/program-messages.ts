import { MerchantStatus, NegativeBalance, type Program, Rounding } from '@localplus/rpc/merchant';
import type { ProgramState } from '../store/program-states.ts';

/** Writes a program as the contract has it, where 0 stands for "no minimum" and "without end". */
export function writeProgram(state: ProgramState): Program {
  const { merchantStatus, versions, ...program } = state;
  return {
    ...program,
    merchantTimeZone: '',
    merchantCountry: '',
    merchantStatus: MerchantStatus[merchantStatus],
    versions: versions.map(({ publishedAt: _publishedAt, ...version }) => ({
      ...version,
      rounding: Rounding[version.rounding],
      pointValidityDays: version.pointValidityDays ?? 0,
      activationDelayDays: 0,
      otherValidity: undefined,
      negativeBalance: NegativeBalance.NEVER,
      refundGraceDays: 0,
    })),
  };
}
