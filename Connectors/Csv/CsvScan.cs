using AkkaPrivacy.Connectors.JsonLines;

namespace AkkaPrivacy.Connectors.Csv;

/// <summary>Reads back what a file of rows holds.</summary>
internal static class CsvScan
{
    /// <summary>Reads a file from its start.</summary>
    /// <param name="file">The file.</param>
    /// <returns>Its rows, up to a last one that is torn.</returns>
    /// <exception cref="FormatException">A line is no row of ours, so the file belongs to someone else.</exception>
    public static ReleaseScan Read(Stream file)
    {
        var rows = new HashSet<string>();
        var (length, number) = (0L, 0);
        foreach (var (text, complete) in ReleaseScan.Lines(file))
        {
            number++;
            var line = text.AsSpan().TrimEnd((byte)'\r');
            if (number == 1)
            {
                if (complete ? !line.SequenceEqual(Heading) : !CsvRow.Header.AsSpan().StartsWith(text) && !IsZeros(text))
                {
                    throw new FormatException("line 1 is not the heading of a file of releases");
                }
            }
            else if (CsvRow.TryReadIdentity(line) is { } row)
            {
                rows.Add(row);
            }
            else if (complete)
            {
                throw new FormatException($"line {number} is no row of a release");
            }
            else
            {
                break;
            }

            if (!complete)
            {
                // A heading that is torn is written anew; a whole row gets its line ending.
                return number == 1 ? new ReleaseScan(rows, 0, false) : new ReleaseScan(rows, length + text.Length, true);
            }

            length += text.Length + 1;
        }

        return new ReleaseScan(rows, length, false);
    }

    private static ReadOnlySpan<byte> Heading => CsvRow.Header.AsSpan(0, CsvRow.Header.Length - 2);

    private static bool IsZeros(byte[] text) => !text.AsSpan().ContainsAnyExcept((byte)0);
}
