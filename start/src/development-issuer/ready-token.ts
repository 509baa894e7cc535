/** A credential that is ready to be used, and whose it is. */
export interface ReadyToken {
  /** `platform operator`, `owner`, `manager`, `cashier`, `partner` or `consumer`. */
  role: string;
  /** The person, in the words of the demo. */
  who: string;
  /** Name of the merchant where the role holds; absent for the platform's own. */
  merchant?: string;
  token: string;
}
