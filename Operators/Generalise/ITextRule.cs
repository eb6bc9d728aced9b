using AkkaPrivacy.Engine.Batches;

namespace AkkaPrivacy.Operators.Generalise;

/// <summary>Makes a text coarser. Implemented by structures, so that the stage's loop is compiled for each of them and
/// calls nothing virtual.</summary>
internal interface ITextRule
{
    /// <summary>Rents the column that takes the results.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="input">The column that is read.</param>
    /// <returns>The column; its arena is passed to <see cref="Apply"/>.</returns>
    static abstract TextColumn RentOutput(BatchPool pool, TextColumn input);

    /// <summary>Makes one text coarser.</summary>
    /// <param name="text">The text; not empty.</param>
    /// <param name="place">Where it stands in the arena of the input.</param>
    /// <param name="output">The arena of the output.</param>
    /// <returns>The result's place in <paramref name="output"/>.</returns>
    TextSpan Apply(ReadOnlySpan<byte> text, TextSpan place, ByteArena output);
}
