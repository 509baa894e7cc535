import { z } from 'zod';

const portMax = 65_535;

/** A whole number between two bounds, written in decimal digits. */
export function integerVariable(minimum: number, maximum: number) {
  return z
    .string()
    .regex(/^\d+$/, `must be a whole number from ${minimum} to ${maximum}`)
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, `must be a whole number from ${minimum} to ${maximum}`);
}

/** A TCP port; 0 lets the system choose. */
export function portVariable() {
  return integerVariable(0, portMax);
}

/** `true` or `false`. */
export function booleanVariable() {
  return z.enum(['true', 'false'], { error: 'must be true or false' }).transform((value) => value === 'true');
}
