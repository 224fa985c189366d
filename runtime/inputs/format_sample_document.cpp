// Samples as one JSON object, or a list of them.

#include "runtime/inputs/formats.h"
#include "runtime/inputs/sample_reader.h"

namespace dpol::inputs {

bool recognise_sample_document(const Candidate& candidate) {
  if (!candidate.is_json || candidate.is_lines) return false;
  const NodeRef root = candidate.json.root();
  if (root.is(NodeKind::map)) return looks_like_sample(root);
  return root.is(NodeKind::list) && (root.size() == 0 || looks_like_sample(*root.begin()));
}

void read_sample_document(const Candidate& candidate, MetricSink& metrics) {
  const NodeRef root = candidate.json.root();
  if (metrics.target()) {
    metrics.fail(0, "", {"", "names its metrics itself", "give it without `NAME=`"});
    return;
  }
  if (root.is(NodeKind::map)) return read_sample(root, metrics);
  for (const NodeRef sample : root) read_sample(sample, metrics);
}

}  // namespace dpol::inputs
