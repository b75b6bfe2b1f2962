#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "experiments/records/json_cursor.h"
#include "experiments/records/record_check.h"
#include "experiments/records/record_fields.h"
#include "experiments/records/record_json.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/nearest_name.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace record_internal {
namespace {

constexpr absl::string_view kSealBegin = "\"xxh3\":\"";
constexpr absl::string_view kSealEnd = "\"}\n";
constexpr std::size_t kHexDigits = 32;
constexpr std::size_t kSealBytes =
    kSealBegin.size() + kHexDigits + kSealEnd.size();
constexpr int kSealBit = 63;

struct NameCollector {
  template <typename M>
  void operator()(const char* name, const M&, Rule, const char*) {
    names.push_back(name);
  }
  std::vector<std::string> names;
};

template <typename T>
std::vector<std::string> NamesOfFields() {
  NameCollector collector;
  const T object{};
  FieldsOf<T>::Visit(collector, object);
  return std::move(collector.names);
}

// Reads values by their C++ types; after an error place() says where it is.
class Reader {
 public:
  explicit Reader(absl::string_view text) : cursor_(text) {}

  template <typename T>
  bool Struct(T* object) {
    std::uint64_t seen = 0;
    const bool read = cursor_.Object([&](absl::string_view key) {
      return Member(object, key, &seen) || In(key);
    });
    return read && CheckComplete<T>(seen);
  }

  bool End() { return cursor_.End(); }
  const std::string& place() const { return place_; }
  const std::string& error() const { return cursor_.error(); }

 private:
  // Finds the field called `key` and reads it.
  struct Finder {
    template <typename M>
    void operator()(const char* name, M& member, Rule rule, const char*) {
      const int bit = next++;
      if (key != name) return;
      found = true;
      ok = reader->MarkSeen(bit, seen) && reader->Field(&member, rule);
    }

    Reader* reader;
    absl::string_view key;
    std::uint64_t* seen;
    int next = 0;
    bool found = false;
    bool ok = false;
  };

  template <typename T>
  bool Member(T* object, absl::string_view key, std::uint64_t* seen) {
    if constexpr (std::is_same_v<T, Record>) {
      // Checked before; see Unseal.
      if (key == "xxh3") return MarkSeen(kSealBit, seen) && cursor_.Skip();
    }
    Finder finder{this, key, seen};
    FieldsOf<T>::Visit(finder, *object);
    if (finder.found) return finder.ok;
    return cursor_.Fail(absl::StrCat("there is no such field",
                                     DidYouMean(key, NamesOfFields<T>())));
  }

  bool MarkSeen(int bit, std::uint64_t* seen) {
    const std::uint64_t mask = std::uint64_t{1} << bit;
    if ((*seen & mask) != 0) return cursor_.Fail("the field stands twice");
    *seen |= mask;
    return true;
  }

  template <typename T>
  bool CheckComplete(std::uint64_t seen) {
    static const auto& names = *new auto(NamesOfFields<T>());
    const std::uint64_t all = (std::uint64_t{1} << names.size()) - 1;
    if ((seen & all) == all) return true;
    std::size_t missing = 0;
    while ((seen >> missing & 1) != 0) ++missing;
    return cursor_.Fail(
        absl::StrCat("the field \"", names[missing], "\" is missing"));
  }

  // Adds a step to the place of an error. Returns false.
  template <typename Step>
  bool In(Step step) {
    place_ =
        place_.empty() ? absl::StrCat(step) : absl::StrCat(step, ".", place_);
    return false;
  }

  template <typename T>
  bool Field(T* value, Rule rule) {
    if constexpr (std::is_same_v<T, std::string>) {
      if (rule == Rule::kJson) {
        absl::string_view raw;
        if (!cursor_.Skip(&raw)) return false;
        value->assign(raw.data(), raw.size());
        return true;
      }
    }
    return Value(value);
  }

  bool Value(bool* value) { return cursor_.Bool(value); }
  bool Value(double* value) { return cursor_.Double(value); }
  bool Value(std::uint64_t* value) { return cursor_.Unsigned(value); }
  bool Value(std::string* value) { return cursor_.String(value); }

  bool Value(int* value) {
    std::uint64_t number = 0;
    if (!cursor_.Unsigned(&number)) return false;
    constexpr int kMax = std::numeric_limits<int>::max();
    if (number > kMax) {
      return cursor_.Fail(
          absl::StrCat("found ", number, ", expected at most ", kMax));
    }
    *value = static_cast<int>(number);
    return true;
  }

  bool Value(Hash128* value) {
    if (!cursor_.String(&text_)) return false;
    const absl::StatusOr<Hash128> hash = Hash128::FromHex(text_);
    if (!hash.ok()) {
      return cursor_.Fail(absl::StrCat("found ", QuoteForMessage(text_),
                                       ", expected 32 hexadecimal digits"));
    }
    *value = *hash;
    return true;
  }

  // A tag's values of one seed: null where it is undefined.
  bool Value(std::vector<std::vector<double>>* rows) {
    return List([&](std::size_t) {
      std::vector<double>& row = rows->emplace_back();
      if (rows->size() > 1) row.reserve(rows->front().size());
      return List([&](std::size_t) {
        double& value =
            row.emplace_back(std::numeric_limits<double>::quiet_NaN());
        return cursor_.IsNull() ? cursor_.Null() : cursor_.Double(&value);
      });
    });
  }

  template <typename T>
  bool Value(std::vector<T>* list) {
    return List([&](std::size_t) { return Value(&list->emplace_back()); });
  }

  template <typename T>
  bool Value(std::optional<T>* value) {
    value->reset();
    return cursor_.IsNull() ? cursor_.Null() : Value(&value->emplace());
  }

  template <typename T>
  bool Value(T* value) {
    if constexpr (std::is_enum_v<T>) {
      if (!cursor_.String(&text_)) return false;
      const std::vector<std::string>& names = NamesOf(T());
      for (std::size_t i = 0; i < names.size(); ++i) {
        *value = static_cast<T>(i);
        if (names[i] == text_) return true;
      }
      return cursor_.Fail(absl::StrCat("found ", QuoteForMessage(text_),
                                       ", which is none of the choices",
                                       DidYouMean(text_, names)));
    } else {
      return Struct(value);
    }
  }

  template <typename F>
  bool List(F element) {
    return cursor_.List(
        [&](std::size_t index) { return element(index) || In(index); });
  }

  JsonCursor cursor_;
  std::string place_;
  std::string text_;
};

absl::Status CheckSeal(absl::string_view text) {
  const absl::string_view tail =
      text.substr(text.size() - std::min(text.size(), kSealBytes));
  if (!absl::StartsWith(tail, kSealBegin) || !absl::EndsWith(tail, kSealEnd)) {
    return absl::DataLossError(
        "does not end in a checksum; the file is cut off, was changed, or is "
        "no record");
  }
  const std::string found =
      HashBytes(text.substr(0, text.size() - kSealBytes)).ToHex();
  const absl::string_view stated = tail.substr(kSealBegin.size(), kHexDigits);
  if (found == stated) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(
      "its bytes have the checksum ", found, ", expected ",
      QuoteForMessage(stated), "; the file is damaged or was changed"));
}

// The schema version of what may be a record of another version.
std::optional<std::uint64_t> SchemaVersion(absl::string_view text) {
  JsonCursor cursor(text);
  std::optional<std::uint64_t> version;
  const bool read = cursor.Object([&](absl::string_view key) {
    if (key != "schema_version") return cursor.Skip();
    return cursor.Unsigned(&version.emplace());
  });
  if (!read) return std::nullopt;
  return version;
}

absl::Status OtherVersion(std::uint64_t version) {
  return absl::FailedPreconditionError(absl::StrCat(
      "the record is of schema version ", version, ", this program reads ",
      kRecordSchemaVersion,
      version > kRecordSchemaVersion
          ? "; it was written by a newer version: use that one"
          : "; it was written by an older version: run the experiment again"));
}

absl::StatusOr<Record> Parse(absl::string_view text) {
  RETURN_IF_ERROR(CheckSeal(text));
  Record record;
  Reader reader(text);
  const bool read = reader.Struct(&record) && reader.End();
  if (!read || record.schema_version != kRecordSchemaVersion) {
    const std::optional<std::uint64_t> version = SchemaVersion(text);
    if (version.has_value() && *version != kRecordSchemaVersion) {
      return OtherVersion(*version);
    }
    return absl::InvalidArgumentError(absl::StrCat(
        reader.place(), reader.place().empty() ? "" : ": ", reader.error()));
  }
  RETURN_IF_ERROR(CheckRecord(record));
  return record;
}

}  // namespace
}  // namespace record_internal

absl::StatusOr<Record> ParseRecord(absl::string_view text,
                                   absl::string_view source) {
  return Annotate(record_internal::Parse(text), source);
}

}  // namespace culturemert
