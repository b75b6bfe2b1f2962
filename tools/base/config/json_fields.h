// The fields of one JSON object, each asked for by name and type.

#ifndef CULTUREMERT_TOOLS_BASE_CONFIG_JSON_FIELDS_H_
#define CULTUREMERT_TOOLS_BASE_CONFIG_JSON_FIELDS_H_

#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "tools/base/hash/hash.h"

namespace culturemert {

// The first error stands: later calls give empty values, and Finish returns it.
// All errors are kInvalidArgument and begin with `place`, then the key.
class JsonFields {
 public:
  // `object` must outlive this.
  JsonFields(const nlohmann::json& object, absl::string_view place);

  std::string Text(absl::string_view key);
  std::uint64_t Number(absl::string_view key, std::uint64_t min,
                       std::uint64_t max);
  Hash128 Checksum(absl::string_view key);
  // A list or object to look into; an empty one after an error.
  const nlohmann::json& List(absl::string_view key);
  const nlohmann::json& Object(absl::string_view key);

  // OK, or the first error; fields that nobody asked for are one.
  absl::Status Finish();

 private:
  // The field, or null and an error.
  const nlohmann::json* Find(absl::string_view key);
  void Fail(absl::string_view key, absl::string_view found,
            absl::string_view expected);

  const nlohmann::json& object_;
  const std::string place_;
  absl::Status status_;
  std::size_t used_ = 0;
};

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_CONFIG_JSON_FIELDS_H_
