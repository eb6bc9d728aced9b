using System.Runtime.CompilerServices;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Operators.Utf8Text;

namespace AkkaPrivacy.Operators.Generalise;

/// <summary>Names the family of each selected header. Headers repeat a lot, so each distinct one is searched for marks
/// about once in a batch: a small table remembers rows by a hash of their header and compares all bytes.</summary>
/// <param name="input">Slot of the headers; empty afterwards.</param>
/// <param name="output">Slot of the families.</param>
internal sealed class UserAgentFamilyStage(int input, int output) : RowStage
{
    private const int Remembered = 1024;

    // Row + 1 of a header seen in this batch; 0 for none.
    private readonly int[] _seen = new int[Remembered];

    /// <inheritdoc />
    protected override void Process(EventBatch batch)
    {
        Array.Clear(_seen);
        var headers = batch.Text(input);
        var families = batch.Pool.RentText(UserAgentFamilies.Labels.Arena);
        foreach (var row in batch.SelectedRows)
        {
            families.Spans[row] = FamilyOf(headers, row, families.Spans);
        }

        batch.Set(output, families);
        batch.Drop(input);
    }

    [SkipLocalsInit]
    private static TextSpan Search(ReadOnlySpan<byte> header)
    {
        Span<byte> lower = stackalloc byte[UserAgentFamilies.MaxBytes];
        header = header[..Math.Min(header.Length, lower.Length)];
        AsciiCase.Lower(header, lower);
        return UserAgentFamilies.Labels[UserAgentFamilies.Find(lower[..header.Length])];
    }

    private TextSpan FamilyOf(TextColumn headers, int row, TextSpan[] families)
    {
        var header = headers[row];
        if (header.IsEmpty || header.SequenceEqual("-"u8))
        {
            return TextSpan.Missing;
        }

        ref var seen = ref _seen[HeaderHash.Of(header) & (Remembered - 1)];
        if (seen > 0 && headers[seen - 1].SequenceEqual(header))
        {
            return families[seen - 1];
        }

        seen = row + 1;
        return Search(header);
    }
}
