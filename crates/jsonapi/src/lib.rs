//! JSON:API 1.1 as code: negotiation, query parameters, documents, errors.
