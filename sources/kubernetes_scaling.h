// Autoscalers and events of Kubernetes, which stand beside the pods and deployments that they are
// about.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/inputs/document.h"
#include "sources/facts.h"

namespace dpol::sources {

// Horizontal pod autoscalers of autoscaling/v1, v2 and the versions between. Of v1 the conditions
// are a text of JSON in an annotation.
class Autoscalers {
 public:
  void add(inputs::NodeRef object);
  void write(Facts& facts) const;

 private:
  struct One {
    std::string name, space, target;
    std::int64_t min = 1, current = 0, desired = 0;
    std::optional<std::int64_t> max;
    std::optional<bool> able_to_scale, scaling_active, scaling_limited;
    std::uint32_t line = 0;
  };
  static void conditions(inputs::NodeRef list, One& out);
  std::vector<One> all_;
};

// Events of v1 and events.k8s.io, which are the same ones under other names.
class ClusterEvents {
 public:
  void add(inputs::NodeRef object);
  // A list that holds none is the answer that there are none.
  void add_empty_list() { any_list_ = true; }
  void write(Facts& facts) const;

 private:
  struct One {
    std::string type, reason, space, object, message;
    std::int64_t count = 1;
    std::optional<std::string> last_seen;
    std::uint32_t line = 0;
  };
  // By namespace and name: of several documents the later one counts.
  std::map<std::pair<std::string, std::string>, One> all_;
  bool any_list_ = false;
};

bool is_event_api(std::string_view api_version);

}  // namespace dpol::sources
