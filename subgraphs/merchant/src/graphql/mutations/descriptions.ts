/** What the version of the merchant in an answer is. */
export const merchantVersionDescription = "The merchant's version after the change.";
