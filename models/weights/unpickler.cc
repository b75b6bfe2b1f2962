#include "models/weights/unpickler.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "models/weights/byte_reader.h"
#include "models/weights/pickle_builder.h"
#include "models/weights/pickle_stack.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

using weights_internal::PickleBuilder;
using weights_internal::PickleStack;

absl::Status CutOff() {
  return absl::DataLossError("the pickle ends here, it was cut off");
}

absl::Status Invalid(absl::string_view message) {
  return absl::InvalidArgumentError(message);
}

class Machine {
 public:
  explicit Machine(absl::Span<const std::uint8_t> bytes)
      : reader_(bytes), builder_(bytes.size()) {}

  // Errors do not name the source.
  absl::StatusOr<Unpickled> Run();

 private:
  using Operation = absl::Status (Machine::*)();
  struct NamedOperation {
    std::uint8_t code;
    absl::string_view name;
    Operation run;
  };
  static const NamedOperation kOperations[];
  static const NamedOperation* Find(std::uint8_t code);

  // Values.
  absl::Status Push(absl::StatusOr<PickleId> value);
  absl::Status PushInteger(std::int64_t value);
  absl::Status PushText(PickleKind kind, std::uint64_t size);
  absl::Status PushLong(std::uint64_t size);
  absl::Status PushItems(PickleKind kind,
                         absl::StatusOr<std::vector<PickleId>> items);
  template <typename Number>
  absl::Status Integer();
  template <PickleKind kKind, typename Size>
  absl::Status Text();
  template <PickleKind kKind>
  absl::Status Empty();
  template <std::size_t kCount>
  absl::Status TupleOf();
  template <bool kValue>
  absl::Status Boolean();
  template <typename Size>
  absl::Status Long();
  absl::Status None() { return Push(builder_.none()); }
  absl::Status Float();

  // Containers.
  absl::Status TupleToMark();
  absl::Status ListToMark();
  absl::Status DictToMark();
  absl::Status FrozenSetToMark();
  absl::Status Append();
  absl::Status Appends();
  absl::Status SetItem();
  absl::Status SetItems();

  // Stack and memo.
  absl::Status Protocol();
  absl::Status Frame();
  absl::Status Mark();
  absl::Status PopOne();
  absl::Status PopMark();
  absl::Status Duplicate();
  template <typename Index>
  absl::Status Get();
  template <typename Index>
  absl::Status Put();
  absl::Status Memoize();

  // Classes and objects.
  absl::Status Global();
  absl::Status StackGlobal();
  absl::Status Instance();
  absl::Status Object();
  absl::Status Reduce();
  absl::Status NewObject();
  absl::Status NewObjectWithNames();
  absl::Status Build();
  absl::Status PersistentId();

  absl::Status NotSupported();

  ByteReader reader_;
  PickleBuilder builder_;
  PickleStack stack_;
};

const Machine::NamedOperation Machine::kOperations[] = {
    {0x80, "PROTO", &Machine::Protocol},
    {0x95, "FRAME", &Machine::Frame},
    {'(', "MARK", &Machine::Mark},
    {'0', "POP", &Machine::PopOne},
    {'1', "POP_MARK", &Machine::PopMark},
    {'2', "DUP", &Machine::Duplicate},
    {'h', "BINGET", &Machine::Get<std::uint8_t>},
    {'j', "LONG_BINGET", &Machine::Get<std::uint32_t>},
    {'q', "BINPUT", &Machine::Put<std::uint8_t>},
    {'r', "LONG_BINPUT", &Machine::Put<std::uint32_t>},
    {0x94, "MEMOIZE", &Machine::Memoize},
    {'N', "NONE", &Machine::None},
    {0x88, "NEWTRUE", &Machine::Boolean<true>},
    {0x89, "NEWFALSE", &Machine::Boolean<false>},
    {'J', "BININT", &Machine::Integer<std::int32_t>},
    {'K', "BININT1", &Machine::Integer<std::uint8_t>},
    {'M', "BININT2", &Machine::Integer<std::uint16_t>},
    {0x8A, "LONG1", &Machine::Long<std::uint8_t>},
    {0x8B, "LONG4", &Machine::Long<std::int32_t>},
    {'G', "BINFLOAT", &Machine::Float},
    {'X', "BINUNICODE", &Machine::Text<PickleKind::kString, std::uint32_t>},
    {0x8C, "SHORT_BINUNICODE",
     &Machine::Text<PickleKind::kString, std::uint8_t>},
    {0x8D, "BINUNICODE8", &Machine::Text<PickleKind::kString, std::uint64_t>},
    {'T', "BINSTRING", &Machine::Text<PickleKind::kString, std::uint32_t>},
    {'U', "SHORT_BINSTRING", &Machine::Text<PickleKind::kString, std::uint8_t>},
    {'B', "BINBYTES", &Machine::Text<PickleKind::kBytes, std::uint32_t>},
    {'C', "SHORT_BINBYTES", &Machine::Text<PickleKind::kBytes, std::uint8_t>},
    {0x8E, "BINBYTES8", &Machine::Text<PickleKind::kBytes, std::uint64_t>},
    {0x96, "BYTEARRAY8", &Machine::Text<PickleKind::kBytes, std::uint64_t>},
    {')', "EMPTY_TUPLE", &Machine::Empty<PickleKind::kTuple>},
    {']', "EMPTY_LIST", &Machine::Empty<PickleKind::kList>},
    {'}', "EMPTY_DICT", &Machine::Empty<PickleKind::kDict>},
    {0x8F, "EMPTY_SET", &Machine::Empty<PickleKind::kSet>},
    {0x85, "TUPLE1", &Machine::TupleOf<1>},
    {0x86, "TUPLE2", &Machine::TupleOf<2>},
    {0x87, "TUPLE3", &Machine::TupleOf<3>},
    {'t', "TUPLE", &Machine::TupleToMark},
    {'l', "LIST", &Machine::ListToMark},
    {'d', "DICT", &Machine::DictToMark},
    {0x91, "FROZENSET", &Machine::FrozenSetToMark},
    {'a', "APPEND", &Machine::Append},
    {'e', "APPENDS", &Machine::Appends},
    {0x90, "ADDITEMS", &Machine::Appends},
    {'s', "SETITEM", &Machine::SetItem},
    {'u', "SETITEMS", &Machine::SetItems},
    {'c', "GLOBAL", &Machine::Global},
    {0x93, "STACK_GLOBAL", &Machine::StackGlobal},
    {'i', "INST", &Machine::Instance},
    {'o', "OBJ", &Machine::Object},
    {'R', "REDUCE", &Machine::Reduce},
    {0x81, "NEWOBJ", &Machine::NewObject},
    {0x92, "NEWOBJ_EX", &Machine::NewObjectWithNames},
    {'b', "BUILD", &Machine::Build},
    {'Q', "BINPERSID", &Machine::PersistentId},
    {'I', "INT", &Machine::NotSupported},
    {'L', "LONG", &Machine::NotSupported},
    {'F', "FLOAT", &Machine::NotSupported},
    {'S', "STRING", &Machine::NotSupported},
    {'V', "UNICODE", &Machine::NotSupported},
    {'g', "GET", &Machine::NotSupported},
    {'p', "PUT", &Machine::NotSupported},
    {'P', "PERSID", &Machine::NotSupported},
    {0x82, "EXT1", &Machine::NotSupported},
    {0x83, "EXT2", &Machine::NotSupported},
    {0x84, "EXT4", &Machine::NotSupported},
    {0x97, "NEXT_BUFFER", &Machine::NotSupported},
    {0x98, "READONLY_BUFFER", &Machine::NotSupported},
};

const Machine::NamedOperation* Machine::Find(std::uint8_t code) {
  static const auto* const kByCode = [] {
    auto* by_code = new std::array<const NamedOperation*, 256>{};
    for (const NamedOperation& operation : kOperations) {
      (*by_code)[operation.code] = &operation;
    }
    return by_code;
  }();
  return (*kByCode)[code];
}

absl::StatusOr<Unpickled> Machine::Run() {
  while (true) {
    const std::size_t position = reader_.position();
    std::uint8_t code = 0;
    if (!reader_.Read(&code)) {
      return Annotate(CutOff(), absl::StrCat("byte ", position));
    }
    if (code == '.') break;
    const NamedOperation* const operation = Find(code);
    if (operation == nullptr) {
      return Invalid(absl::StrCat("byte ", position,
                                  ": not an operation of a pickle: 0x",
                                  absl::Hex(code, absl::kZeroPad2)));
    }
    if (absl::Status status = (this->*operation->run)(); !status.ok()) {
      return Annotate(
          status, absl::StrCat("byte ", position, " (", operation->name, ")"));
    }
  }
  const std::size_t size_bytes = reader_.position();
  ASSIGN_OR_RETURN(
      const PickleId root,
      Annotate(stack_.Pop(), absl::StrCat("byte ", size_bytes - 1, " (STOP)")));
  if (!stack_.empty()) {
    return Invalid(absl::StrCat("byte ", size_bytes - 1, " (STOP): ",
                                stack_.size(), " values are left over"));
  }
  return Unpickled{builder_.Finish(root), size_bytes};
}

absl::Status Machine::Push(absl::StatusOr<PickleId> value) {
  RETURN_IF_ERROR(value);
  stack_.Push(*value);
  return absl::OkStatus();
}

absl::Status Machine::PushInteger(std::int64_t value) {
  PickleNode node;
  node.kind = PickleKind::kInteger;
  node.integer = value;
  return Push(builder_.Add(std::move(node)));
}

absl::Status Machine::PushText(PickleKind kind, std::uint64_t size) {
  absl::string_view text;
  if (!reader_.ReadBytes(size, &text)) return CutOff();
  if (kind == PickleKind::kString && !IsValidUtf8(text)) {
    return Invalid(
        absl::StrCat("the string ", QuoteForMessage(text), " is not UTF-8"));
  }
  PickleNode node;
  node.kind = kind;
  node.text = std::string(text);
  return Push(builder_.Add(std::move(node)));
}

absl::Status Machine::PushLong(std::uint64_t size) {
  if (size > sizeof(std::int64_t)) {
    return PushText(PickleKind::kLongInteger, size);
  }
  absl::string_view bytes;
  if (!reader_.ReadBytes(size, &bytes)) return CutOff();
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    value |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes[i]))
             << 8 * i;
  }
  const bool is_negative = !bytes.empty() && (bytes.back() & 0x80) != 0;
  if (is_negative && size < sizeof(value))
    value |= ~std::uint64_t{0} << 8 * size;
  return PushInteger(static_cast<std::int64_t>(value));
}

absl::Status Machine::PushItems(PickleKind kind,
                                absl::StatusOr<std::vector<PickleId>> items) {
  RETURN_IF_ERROR(items);
  PickleNode node;
  node.kind = kind;
  node.items = *std::move(items);
  return Push(builder_.Add(std::move(node)));
}

template <typename Number>
absl::Status Machine::Integer() {
  Number value = 0;
  if (!reader_.Read(&value)) return CutOff();
  return PushInteger(value);
}

template <PickleKind kKind, typename Size>
absl::Status Machine::Text() {
  Size size = 0;
  if (!reader_.Read(&size)) return CutOff();
  return PushText(kKind, size);
}

template <PickleKind kKind>
absl::Status Machine::Empty() {
  PickleNode node;
  node.kind = kKind;
  return Push(builder_.Add(std::move(node)));
}

template <std::size_t kCount>
absl::Status Machine::TupleOf() {
  return PushItems(PickleKind::kTuple, stack_.PopItems(kCount));
}

template <bool kValue>
absl::Status Machine::Boolean() {
  return Push(builder_.boolean(kValue));
}

template <typename Size>
absl::Status Machine::Long() {
  Size size = 0;
  if (!reader_.Read(&size)) return CutOff();
  if (size < 0) return Invalid("a negative size");
  return PushLong(static_cast<std::uint64_t>(size));
}

// Big-endian, as nothing else in a pickle.
absl::Status Machine::Float() {
  std::uint64_t bits = 0;
  if (!reader_.Read(&bits)) return CutOff();
  bits = __builtin_bswap64(bits);
  PickleNode node;
  node.kind = PickleKind::kFloat;
  std::memcpy(&node.number, &bits, sizeof(bits));
  return Push(builder_.Add(std::move(node)));
}

absl::Status Machine::TupleToMark() {
  return PushItems(PickleKind::kTuple, stack_.PopToMark());
}

absl::Status Machine::ListToMark() {
  return PushItems(PickleKind::kList, stack_.PopToMark());
}

absl::Status Machine::FrozenSetToMark() {
  return PushItems(PickleKind::kSet, stack_.PopToMark());
}

absl::Status Machine::DictToMark() {
  ASSIGN_OR_RETURN(std::vector<PickleId> items, stack_.PopToMark());
  if (items.size() % 2 != 0) return Invalid("a key lacks its value");
  return PushItems(PickleKind::kDict, std::move(items));
}

absl::Status Machine::Append() {
  ASSIGN_OR_RETURN(const std::vector<PickleId> items, stack_.PopItems(1));
  ASSIGN_OR_RETURN(const PickleId list, stack_.Top());
  return builder_.Append(list, items);
}

absl::Status Machine::Appends() {
  ASSIGN_OR_RETURN(const std::vector<PickleId> items, stack_.PopToMark());
  ASSIGN_OR_RETURN(const PickleId list, stack_.Top());
  return builder_.Append(list, items);
}

absl::Status Machine::SetItem() {
  ASSIGN_OR_RETURN(const std::vector<PickleId> items, stack_.PopItems(2));
  ASSIGN_OR_RETURN(const PickleId dict, stack_.Top());
  return builder_.SetItems(dict, items);
}

absl::Status Machine::SetItems() {
  ASSIGN_OR_RETURN(const std::vector<PickleId> items, stack_.PopToMark());
  ASSIGN_OR_RETURN(const PickleId dict, stack_.Top());
  return builder_.SetItems(dict, items);
}

absl::Status Machine::Protocol() {
  std::uint8_t protocol = 0;
  if (!reader_.Read(&protocol)) return CutOff();
  if (protocol >= 2 && protocol <= 5) return absl::OkStatus();
  return absl::UnimplementedError(
      absl::StrCat("protocol ", protocol, ", supported are 2 to 5"));
}

absl::Status Machine::Frame() {
  std::uint64_t size = 0;
  if (!reader_.Read(&size) || size > reader_.remaining()) return CutOff();
  return absl::OkStatus();
}

absl::Status Machine::Mark() {
  stack_.Mark();
  return absl::OkStatus();
}

absl::Status Machine::PopOne() { return stack_.PopValueOrMark(); }

absl::Status Machine::PopMark() { return stack_.PopToMark().status(); }

absl::Status Machine::Duplicate() { return Push(stack_.Top()); }

template <typename Index>
absl::Status Machine::Get() {
  Index slot = 0;
  if (!reader_.Read(&slot)) return CutOff();
  return Push(stack_.Get(slot));
}

template <typename Index>
absl::Status Machine::Put() {
  Index slot = 0;
  if (!reader_.Read(&slot)) return CutOff();
  return stack_.Put(slot, reader_.position());
}

absl::Status Machine::Memoize() { return stack_.PutNext(reader_.position()); }

absl::Status Machine::Global() {
  absl::string_view module;
  absl::string_view name;
  if (!reader_.ReadLine(&module) || !reader_.ReadLine(&name)) return CutOff();
  return Push(builder_.AddGlobal(module, name));
}

absl::Status Machine::StackGlobal() {
  ASSIGN_OR_RETURN(const std::vector<PickleId> names, stack_.PopItems(2));
  const PickleNode& module = builder_.node(names[0]);
  const PickleNode& name = builder_.node(names[1]);
  if (module.kind != PickleKind::kString || name.kind != PickleKind::kString) {
    return Invalid("the names of a class must be strings");
  }
  return Push(builder_.AddGlobal(module.text, name.text));
}

absl::Status Machine::Instance() {
  absl::string_view module;
  absl::string_view name;
  if (!reader_.ReadLine(&module) || !reader_.ReadLine(&name)) return CutOff();
  ASSIGN_OR_RETURN(const PickleId type, builder_.AddGlobal(module, name));
  RETURN_IF_ERROR(TupleToMark());
  ASSIGN_OR_RETURN(const PickleId arguments, stack_.Pop());
  return Push(builder_.Call(type, arguments));
}

absl::Status Machine::Object() {
  ASSIGN_OR_RETURN(std::vector<PickleId> items, stack_.PopToMark());
  if (items.empty()) return Invalid("the class is missing");
  const PickleId type = items.front();
  items.erase(items.begin());
  RETURN_IF_ERROR(PushItems(PickleKind::kTuple, std::move(items)));
  ASSIGN_OR_RETURN(const PickleId arguments, stack_.Pop());
  return Push(builder_.Call(type, arguments));
}

absl::Status Machine::Reduce() {
  ASSIGN_OR_RETURN(const std::vector<PickleId> call, stack_.PopItems(2));
  return Push(builder_.Call(call[0], call[1]));
}

absl::Status Machine::NewObject() { return Reduce(); }

// The arguments by name are kept with those by place, as a last one.
absl::Status Machine::NewObjectWithNames() {
  ASSIGN_OR_RETURN(const std::vector<PickleId> call, stack_.PopItems(3));
  RETURN_IF_ERROR(
      PushItems(PickleKind::kTuple, std::vector<PickleId>{call[1], call[2]}));
  ASSIGN_OR_RETURN(const PickleId arguments, stack_.Pop());
  return Push(builder_.Call(call[0], arguments));
}

absl::Status Machine::Build() {
  ASSIGN_OR_RETURN(const std::vector<PickleId> state, stack_.PopItems(1));
  ASSIGN_OR_RETURN(const PickleId value, stack_.Top());
  return builder_.SetState(value, state[0]);
}

absl::Status Machine::PersistentId() {
  ASSIGN_OR_RETURN(const PickleId id, stack_.Pop());
  return Push(builder_.PersistentLoad(id));
}

absl::Status Machine::NotSupported() {
  return absl::UnimplementedError(
      "an operation that torch.save does not use is not supported; load the "
      "file in Python and save its state_dict with torch.save");
}

}  // namespace

absl::StatusOr<Unpickled> Unpickle(absl::Span<const std::uint8_t> bytes,
                                   absl::string_view source) {
  return Annotate(Machine(bytes).Run(), source);
}

}  // namespace culturemert
