/** Where every consumer's dead letters go, for all topics. */
export const DEAD_LETTER_TOPIC = 'localplus.dead-letter.v1';
