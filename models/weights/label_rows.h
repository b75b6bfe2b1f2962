// Which rows of a checkpoint's label embeddings belong to which code. Free of
// LibTorch.
//
// fairseq's Dictionary puts four special symbols (<s>, <pad>, </s>, <unk>)
// before those of its file, so that MERT's table has 1028 rows a book of 1024
// codes, in the order of the dictionary's symbols ("0", "1", ...). The specials
// are never targets; the suite's table is without them, in numeric order.

#ifndef CULTUREMERT_MODELS_WEIGHTS_LABEL_ROWS_H_
#define CULTUREMERT_MODELS_WEIGHTS_LABEL_ROWS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace culturemert {

struct LabelRows {
  // For code c of book k the row of the checkpoint at [k * codes + c].
  std::vector<std::int64_t> rows;
  std::int64_t codes = 0;  // of each book
  std::string reason;      // a sentence: how this order is known
};

// The rows of a table of `num_rows` rows for `books` books. `symbols` are the
// lists of the checkpoint by their flattened names, among them, where its
// fairseq task state was kept, the dictionaries' symbols at
// "task_state.dictionaries.K.symbols": then each code's row is where its
// decimal number stands among them. Without them the codes are taken to be in
// numeric order, behind the specials in a fairseq checkpoint (`is_fairseq`);
// in others a book of 2^n rows is one of 2^n codes, and one of 2^n + 4 rows
// begins with the specials. kInvalidArgument for rows that are no multiple of
// `books`, for other numbers of rows, and for dictionaries that do not fit the
// table or lack a code.
absl::StatusOr<LabelRows> FindLabelRows(
    std::int64_t num_rows, std::int64_t books, bool is_fairseq,
    const std::map<std::string, std::vector<std::string>>& symbols);

}  // namespace culturemert

#endif  // CULTUREMERT_MODELS_WEIGHTS_LABEL_ROWS_H_
