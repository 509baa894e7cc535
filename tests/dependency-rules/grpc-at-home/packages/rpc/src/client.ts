import { Client } from '@grpc/grpc-js';

export const open = Client;
