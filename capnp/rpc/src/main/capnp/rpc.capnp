@0xb312981b2552a250;
# The messages two vats exchange, after the published Cap'n Proto RPC protocol. Ids, ordinals and defaults are the
# protocol's own and must not change; type ids follow from the file id and the names. The words are ours.
#
# A vat is a party that hosts objects. Two vats share a connection, over which messages keep their order. Each side keeps
# four tables for it:
#
#   questions  calls we made that are not finished         our ids; the peer's "answers"
#   answers    calls the peer made that are not finished   the peer's ids
#   exports    our objects the peer refers to              our ids; the peer's "imports"
#   imports    the peer's objects we refer to              the peer's ids
#
# The side that assigns an id also decides when it can be used again: a question's when it has got the return and sent the
# finish, an export's when the peer has released every reference it was sent.

using Java = import "/capnp/java.capnp";

$Java.package("dev.bailiwick.capnp.rpc.wire");
$Java.dataOnly;
$Java.outerClassname("RpcSchema");

using QuestionId = UInt32;
using AnswerId = QuestionId;
using ExportId = UInt32;
using ImportId = ExportId;

struct Message {
  # What goes over a connection, one after another.

  union {
    unimplemented @0 :Message;
    # Echo of a message the sender did not understand.

    abort @1 :Exception;
    # The connection is broken; nothing follows.

    call @2 :Call;
    return @3 :Return;
    finish @4 :Finish;
    resolve @5 :Resolve;
    release @6 :Release;

    obsoleteSave @7 :AnyPointer;
    bootstrap @8 :Bootstrap;
    obsoleteDelete @9 :AnyPointer;

    provide @10 :Provide;
    # Level 3: hand an object to a third vat. Answered with `unimplemented` here.

    accept @11 :Accept;
    # Level 3. Answered with `unimplemented` here.

    join @12 :Join;
    # Level 4. Answered with `unimplemented` here.

    disembargo @13 :Disembargo;
  }
}

struct Bootstrap {
  # Asks for the vat's public object; a question whose results are that one capability.

  questionId @0 :QuestionId;
  deprecatedObjectId @1 :AnyPointer;
}

struct Call {
  # Calls a method; a question.

  questionId @0 :QuestionId;
  target @1 :MessageTarget;
  interfaceId @2 :UInt64;
  methodId @3 :UInt16;
  params @4 :Payload;

  sendResultsTo :union {
    # Where the results shall go.

    caller @5 :Void;

    yourself @6 :Void;
    # The callee keeps them, for a later `takeFromOtherQuestion`. That is how a vat forwards a call back to where it came from
    # without the results travelling twice.

    thirdParty @7 :RecipientId;
    # Level 3.
  }

  allowThirdPartyTailCall @8 :Bool = false;
}

struct Return {
  # Answers a question.

  answerId @0 :AnswerId;

  releaseParamCaps @1 :Bool = true;
  # The capabilities of the call's parameters are given back with this, without `release` messages.

  union {
    results @2 :Payload;
    exception @3 :Exception;

    canceled @4 :Void;
    # The caller sent a `finish` first.

    resultsSentElsewhere @5 :Void;
    # The call asked for that.

    takeFromOtherQuestion @6 :QuestionId;
    # The results are those of another question, which the sender of this asked, with `sendResultsTo.yourself`.

    acceptFromThirdParty @7 :ThirdPartyCapId;
    # Level 3.
  }
}

struct Finish {
  # The caller needs an answer no more: forget it, or cancel the call if it is still running. Sent once for each question.

  questionId @0 :QuestionId;

  releaseResultCaps @1 :Bool = true;
  # The capabilities of the results are given back with this, without `release` messages.
}

struct Resolve {
  # What an exported promise (`senderPromise`) settled for. Sent once for each.

  promiseId @0 :ExportId;

  union {
    cap @1 :CapDescriptor;
    exception @2 :Exception;
  }
}

struct Release {
  # Gives references to an export back.

  id @0 :ImportId;
  referenceCount @1 :UInt32;
}

struct Disembargo {
  # Comes back to its sender behind all calls sent earlier to the same target, so that calls made directly afterwards do not
  # overtake them.

  target @0 :MessageTarget;

  using EmbargoId = UInt32;

  context :union {
    senderLoopback @1 :EmbargoId;
    # To the receiver, whose target leads back to the sender.

    receiverLoopback @2 :EmbargoId;
    # The reply.

    accept @3 :Void;
    provide @4 :QuestionId;
    # Level 3.
  }
}

struct Provide {
  questionId @0 :QuestionId;
  target @1 :MessageTarget;
  recipient @2 :RecipientId;
}

struct Accept {
  questionId @0 :QuestionId;
  provision @1 :ProvisionId;
  embargo @2 :Bool;
}

struct Join {
  questionId @0 :QuestionId;
  target @1 :MessageTarget;
  keyPart @2 :JoinKeyPart;
}

struct MessageTarget {
  # An object of the receiver.

  union {
    importedCap @0 :ImportId;
    promisedAnswer @1 :PromisedAnswer;
  }
}

struct Payload {
  # Parameters or results, with the capabilities they point at.

  content @0 :AnyPointer;

  capTable @1 :List(CapDescriptor);
  # Capability pointers in the content are indices into this.
}

struct CapDescriptor {
  # One capability, seen from the sender.

  union {
    none @0 :Void;
    senderHosted @1 :ExportId;

    senderPromise @2 :ExportId;
    # As `senderHosted`, and a `resolve` will follow.

    receiverHosted @3 :ImportId;
    receiverAnswer @4 :PromisedAnswer;
    thirdPartyHosted @5 :ThirdPartyCapDescriptor;
  }

  attachedFd @6 :UInt8 = 0xff;
  # Index of a file descriptor sent along; 0xff is none.
}

struct PromisedAnswer {
  # A capability in the results of a question that may not be answered yet.

  questionId @0 :QuestionId;
  transform @1 :List(Op);

  struct Op {
    union {
      noop @0 :Void;
      getPointerField @1 :UInt16;
    }
  }
}

struct ThirdPartyCapDescriptor {
  # A capability of a third vat. Level 1 vats use the vine.

  id @0 :ThirdPartyCapId;

  vineId @1 :ExportId;
  # An export of the sender that forwards to it.
}

struct Exception {
  # A failure.

  reason @0 :Text;
  obsoleteIsCallersFault @1 :Bool;
  obsoleteDurability @2 :UInt16;

  type @3 :Type;

  enum Type {
    # What the caller can do about it.

    failed @0;
    overloaded @1;
    disconnected @2;
    unimplemented @3;
  }

  trace @4 :Text;
}

using SturdyRef = AnyPointer;
using ProvisionId = AnyPointer;
using RecipientId = AnyPointer;
using ThirdPartyCapId = AnyPointer;
using JoinKeyPart = AnyPointer;
using JoinResult = AnyPointer;
