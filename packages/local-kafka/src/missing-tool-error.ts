const remedies = {
  java: 'Java 17 or newer (Debian: "apt-get install openjdk-17-jre-headless")',
  mvn: 'Maven, which fetches the jars of Apache Kafka (Debian: "apt-get install maven")',
} as const;

/** A program that a local Kafka needs is not on this machine; the message says what to install. */
export class MissingToolError extends Error {
  override readonly name = 'MissingToolError';

  constructor(tool: keyof typeof remedies) {
    super(`a local Kafka needs ${remedies[tool]}; "${tool}" was not found on the PATH`);
  }
}
