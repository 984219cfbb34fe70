// An identity source in C++: knows CORP\backup, and some names that show what a daemon makes of a source that is not to be believed.
//
//   source SOCKET

#include "source.capnp.h"

#include <capnp/ez-rpc.h>
#include <kj/async.h>
#include <kj/string.h>

#include <cstdlib>

namespace {

class Source final: public IdentitySource::Server {
public:
  kj::Promise<void> resolve(ResolveContext context) override {
    auto name = context.getParams().getName();
    auto result = context.getResults().initResult();
    if (name == "CORP\\backup") {
      auto known = result.initKnown();
      known.setUser("S-1-5-21-7-8-9-1013");
      auto groups = known.initGroups(1);
      groups.set(0, "S-1-5-21-7-8-9-2000");
      known.setDisplayName("Backup of Corp");
    } else if (name == "CORP\\system") {
      result.initKnown().setUser("S-1-5-18");
    } else if (name == "CORP\\hang") {
      return kj::Promise<void>(kj::NEVER_DONE);
    } else if (name == "CORP\\die") {
      std::_Exit(1);
    } else {
      result.setUnknown();
    }
    return kj::READY_NOW;
  }
};

}  // namespace

int main(int argc, char* argv[]) {
  if (argc != 2) {
    return 2;
  }
  capnp::EzRpcServer server(kj::heap<Source>(), kj::str("unix:", argv[1]));
  kj::NEVER_DONE.wait(server.getWaitScope());
}
