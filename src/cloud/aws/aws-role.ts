/** A role, in another account as a rule, that the driver's own identity may assume. */
export interface AwsRole {
  /** `arn:aws:iam::<account>:role/<name>` */
  readonly arn: string;
  /** What the role's trust policy asks for, where it does. */
  readonly externalId?: string | undefined;
}
