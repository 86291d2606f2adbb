/** Why a document is not read, as the person is told: "it is encrypted". What libraries throw says less. */
export class Unreadable extends Error {}
