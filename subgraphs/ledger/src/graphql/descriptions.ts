/** What a reference is, for clients. */
export const referenceDescription =
  "The caller's own reference, for instance a receipt's number. 1 to 64 of A-Z a-z 0-9 . _ / -, no personal data.";
