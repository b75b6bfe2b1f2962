// Makes the values of a PickleDocument: plain ones, and those that a pickle
// makes by calling one of the few functions that are understood. Internal to
// the unpickler.
//
// Nothing is executed. Understood are torch._utils._rebuild_tensor, _v2, _v3,
// _rebuild_parameter, _rebuild_parameter_with_state,
// torch._tensor._rebuild_from_type_v2, torch.Size, collections.OrderedDict and
// defaultdict, set, frozenset, and _codecs.encode (how protocol 2 writes
// bytes). Calls of anything else become a kObject.

#ifndef CULTUREMERT_MODELS_WEIGHTS_PICKLE_BUILDER_H_
#define CULTUREMERT_MODELS_WEIGHTS_PICKLE_BUILDER_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/weights/pickle_document.h"

namespace culturemert::weights_internal {

// Bounds what a small pickle may grow to in memory.
inline constexpr std::size_t kMaxPickleNodes = 4'000'000;
inline constexpr std::size_t kMaxPickleGlobals = 10'000;
inline constexpr std::size_t kMaxPickleGlobalNameBytes = 512;
inline constexpr std::size_t kMaxPickleTensorDimensions = 64;
class PickleBuilder {
 public:
  // `pickle_bytes` bounds what copying shared parts may amount to: four
  // elements or characters for each byte of the pickle.
  explicit PickleBuilder(std::uint64_t pickle_bytes);

  // Each is kResourceExhausted where one of the bounds above is exceeded.
  absl::StatusOr<PickleId> Add(PickleNode node);
  absl::StatusOr<PickleId> AddGlobal(absl::string_view module,
                                     absl::string_view name);

  // Shared by all who need them.
  PickleId none() const { return 0; }
  PickleId boolean(bool value) const { return value ? 2 : 1; }

  // The value of callable(*arguments). kInvalidArgument where arguments do not
  // fit an understood function: a tensor that reaches beyond its storage.
  absl::StatusOr<PickleId> Call(PickleId callable, PickleId arguments);

  // The storage of the persistent id ("storage", class, key, device, elements),
  // or the class of ("module", class, file, source).
  absl::StatusOr<PickleId> PersistentLoad(PickleId id);

  // Python's value.__setstate__ or __dict__.update. What is set on dictionaries
  // and tensors, as _metadata on a state_dict, is dropped.
  absl::Status SetState(PickleId value, PickleId state);

  // Appends to a list or set, or to an object's own list.
  absl::Status Append(PickleId value, const std::vector<PickleId>& items);
  // The same for a dictionary's keys and values, alternating.
  absl::Status SetItems(PickleId value, const std::vector<PickleId>& items);

  PickleNode& node(PickleId id) { return document_.nodes[id]; }

  // The builder is of no use after it.
  PickleDocument Finish(PickleId root);

 private:
  absl::Status Charge(std::uint64_t copied);

  // The functions that are understood; pickle_calls.cc.
  using Arguments = std::vector<PickleId>;
  struct Function {
    absl::string_view name;
    absl::StatusOr<PickleId> (PickleBuilder::*run)(const Arguments&);
  };
  static const Function kFunctions[];
  // Null if there is none.
  static const Function* FindFunction(absl::string_view name);

  absl::StatusOr<PickleId> Run(const Function& function, PickleId arguments);
  absl::StatusOr<PickleId> FirstArgument(const Arguments& arguments);
  absl::StatusOr<PickleId> RebuildTensor(const Arguments& arguments);
  absl::StatusOr<PickleId> RebuildTypedTensor(const Arguments& arguments);
  absl::StatusOr<PickleId> RebuildTensorOf(const Arguments& arguments,
                                           bool has_type);
  absl::StatusOr<PickleId> RebuildFromType(const Arguments& arguments);
  absl::StatusOr<PickleId> MakeDict(const Arguments& arguments);
  absl::StatusOr<PickleId> MakeDefaultDict(const Arguments& arguments);
  absl::StatusOr<PickleId> MakeSet(const Arguments& arguments);
  absl::StatusOr<PickleId> Encode(const Arguments& arguments);
  absl::StatusOr<std::vector<std::int64_t>> Integers(absl::string_view what,
                                                     PickleId id);
  absl::StatusOr<PickleId> Contents(PickleId value, PickleKind kind);

  PickleDocument document_;
  std::map<std::string, PickleId, std::less<>> globals_;
  std::map<std::string, std::uint64_t, std::less<>> storages_;
  std::uint64_t copies_left_;
};

}  // namespace culturemert::weights_internal

#endif  // CULTUREMERT_MODELS_WEIGHTS_PICKLE_BUILDER_H_
