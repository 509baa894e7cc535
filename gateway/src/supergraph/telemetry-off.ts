import { switchOffApolloTelemetry } from '../config.ts';

// A self-hosted product does not call home: this must have run before @apollo/gateway is constructed.
switchOffApolloTelemetry();
