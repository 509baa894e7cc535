export { nobody } from '@localplus/nobody';
