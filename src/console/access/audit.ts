/** Port: the lines that every change leaves. */
export interface Audit {
  /**
   * @param actor of `actorOf`
   * @param action such as `person-added`
   * @param subject a reference, nothing personal
   * @throws an error of code RECORDS_UNAVAILABLE
   */
  write(
    actor: string,
    action: string,
    subject?: string,
    detail?: Readonly<Record<string, unknown>>,
  ): Promise<void>;
}
