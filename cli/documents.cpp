#include "cli/documents.h"

#include <utility>
#include <variant>

#include "cli/failure.h"
#include "cli/files.h"
#include "runtime/inputs/document.h"
#include "runtime/inputs/input_error.h"
#include "runtime/inputs/redact.h"

namespace dpol::cli {

bool is_url(std::string_view text) {
  return text.starts_with("http://") || text.starts_with("https://");
}

inputs::InputFile read_document(const std::string& path, Console& console) {
  const std::string name = path == "-" ? "standard input" : path;
  const std::string shown = inputs::printable(inputs::redact(name));
  if (is_url(path))
    throw Failure::input(shown + " is a URL: documents are read from files and standard input");
  auto read = read_file(path, inputs::kMaxDocumentBytes, console);
  if (auto* fault = std::get_if<FileFault>(&read)) throw Failure::input(shown + " " + fault->text);
  auto& bytes = std::get<std::string>(read);
  if (console.documents != nullptr) (*console.documents)[shown] = bytes;
  return {name, std::move(bytes)};
}

}  // namespace dpol::cli
