/** Tells DNA of an error that the application has caught itself. */
export { error as report } from 'dna-web';
