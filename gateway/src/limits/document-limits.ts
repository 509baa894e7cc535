import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { type RequestFailure, requestFailure } from '../errors/request-failure.ts';
import { aliasesMax, documentDepthMax, documentFieldsMax, introspectionDepthMax, rootFieldsMax } from './limits.ts';

/** What a selection amounts to once its fragments are spread. Numbers saturate instead of growing without end. */
interface Extent {
  depth: number;
  introspectionDepth: number;
  fields: number;
  aliases: number;
  rootFields: number;
}

const nothing: Extent = { depth: 0, introspectionDepth: 0, fields: 0, aliases: 0, rootFields: 0 };

function beside(left: Extent, right: Extent): Extent {
  return {
    depth: Math.max(left.depth, right.depth),
    introspectionDepth: Math.max(left.introspectionDepth, right.introspectionDepth),
    fields: Math.min(left.fields + right.fields, Number.MAX_SAFE_INTEGER),
    aliases: Math.min(left.aliases + right.aliases, Number.MAX_SAFE_INTEGER),
    rootFields: Math.min(left.rootFields + right.rootFields, Number.MAX_SAFE_INTEGER),
  };
}

/** Measures a document in one pass: each fragment once, however often it is spread. */
class DocumentMeasure {
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #measured = new Map<string, Extent>();

  constructor(document: DocumentNode) {
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition);
    }
  }

  ofSelections(selectionSet: SelectionSetNode | undefined): Extent {
    let extent = nothing;
    for (const selection of selectionSet?.selections ?? []) {
      if (selection.kind === Kind.FIELD) extent = beside(extent, this.#ofField(selection));
      else if (selection.kind === Kind.INLINE_FRAGMENT)
        extent = beside(extent, this.ofSelections(selection.selectionSet));
      else extent = beside(extent, this.#ofFragment(selection.name.value));
    }
    return extent;
  }

  #ofField(field: FieldNode): Extent {
    const below = this.ofSelections(field.selectionSet);
    const isIntrospection = field.name.value.startsWith('__');
    return {
      depth: isIntrospection ? 0 : below.depth + 1,
      introspectionDepth: isIntrospection ? below.depth + 1 : below.introspectionDepth,
      fields: below.fields + 1,
      aliases: below.aliases + (field.alias ? 1 : 0),
      rootFields: 1,
    };
  }

  #ofFragment(name: string): Extent {
    const known = this.#measured.get(name);
    if (known) return known;
    // Stands in while the fragment is being measured: a cycle ends here, and validation refuses it.
    this.#measured.set(name, nothing);
    const extent = this.ofSelections(this.#fragments.get(name)?.selectionSet);
    this.#measured.set(name, extent);
    return extent;
  }
}

function checkOperation(operation: OperationDefinitionNode, measure: DocumentMeasure): RequestFailure | undefined {
  const { depth, introspectionDepth, fields, aliases, rootFields } = measure.ofSelections(operation.selectionSet);
  const nodes = operation;
  if (depth > documentDepthMax) {
    return requestFailure('QUERY_TOO_DEEP', {
      nodes,
      message: `The operation has ${depth} levels; ${documentDepthMax} are allowed.`,
    });
  }
  if (introspectionDepth > introspectionDepthMax) {
    return requestFailure('QUERY_TOO_DEEP', {
      nodes,
      message: `Introspection may have ${introspectionDepthMax} levels.`,
    });
  }
  if (rootFields > rootFieldsMax) {
    return requestFailure('QUERY_TOO_COMPLEX', {
      nodes,
      message: `An operation may have ${rootFieldsMax} root fields.`,
    });
  }
  if (aliases > aliasesMax)
    return requestFailure('QUERY_TOO_COMPLEX', { nodes, message: `An operation may have ${aliasesMax} aliases.` });
  if (fields > documentFieldsMax) {
    return requestFailure('QUERY_TOO_COMPLEX', {
      nodes,
      message: `An operation may have ${documentFieldsMax} fields, fragments spread.`,
    });
  }
  return undefined;
}

/** Refuses documents that are nested too deep or ask for too much, before anything that costs more looks at them. */
export function checkDocumentLimits(document: DocumentNode): RequestFailure[] {
  const measure = new DocumentMeasure(document);
  return document.definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION ? (checkOperation(definition, measure) ?? []) : [],
  );
}
