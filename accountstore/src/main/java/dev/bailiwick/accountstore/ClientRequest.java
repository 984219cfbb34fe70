package dev.bailiwick.accountstore;

import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.TransactionId;

/**
 * What a client asks for under an id that it chose. Asking again under that id, over whatever restarts, is answered as the first
 * time; asking for something else under it is rejected with {@link Rejection#TRANSACTION_ID_TAKEN}.
 *
 * @param id chosen by the client, never for two requests
 * @param hash of who asks and for what
 */
public record ClientRequest(TransactionId id, Hash256 hash) {}
