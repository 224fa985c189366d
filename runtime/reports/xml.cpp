#include "runtime/reports/xml.h"

#include <algorithm>

#include "runtime/reports/text.h"

namespace dpol::reports {

// safe() leaves no control character and no byte that is not UTF-8.
std::string xml(std::string_view text) {
  std::string out;
  for (const char c : safe(text)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string xml_lines(const std::string& text) {
  std::string out;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string line = xml(std::string_view(text).substr(begin, end - begin));
    // `[[ATTACHMENT|file]]` in the output of a test makes readers of JUnit XML look for that file.
    for (std::size_t at = line.find("[["); at != std::string::npos; at = line.find("[[", at)) line.insert(at + 1, " ");
    out += line + "\n";
    begin = end + 1;
  }
  return out;
}

}  // namespace dpol::reports
