using System.Text;

namespace AkkaPrivacy.Operators.Parse;

/// <summary>Which field of the data map each column of a record fills.</summary>
internal sealed class CsvColumns
{
    private readonly Dictionary<string, FieldTarget> _byName = [];
    private readonly byte _delimiter;
    private readonly bool _hasHeading;
    private byte[] _heading = [];

    /// <summary>The columns of a format.</summary>
    /// <param name="targets">The fields; those that read one column are chained.</param>
    /// <param name="format">The format.</param>
    public CsvColumns(IEnumerable<FieldTarget> targets, CsvFormat format)
    {
        (_delimiter, _hasHeading) = ((byte)format.Delimiter, format.HasHeading);
        foreach (var group in targets.GroupBy(target => target.SourceName))
        {
            var chain = group.ToArray();
            for (var i = 0; i + 1 < chain.Length; i++)
            {
                chain[i].Next = chain[i + 1];
            }

            _byName.Add(group.Key, chain[0]);
        }

        if (!_hasHeading)
        {
            Set(format.Columns);
        }
    }

    /// <summary>The first field of each column; null where none reads it.</summary>
    public FieldTarget?[] Targets { get; private set; } = [];

    /// <summary>Columns that no field reads.</summary>
    public int Unmapped { get; private set; }

    /// <summary>Takes the heading that stands before the rows of a batch.</summary>
    /// <param name="before">What stands there.</param>
    public void Read(ReadOnlySpan<byte> before)
    {
        if (_hasHeading && !before.SequenceEqual(_heading))
        {
            _heading = before.ToArray();
            var mark = "\uFEFF"u8;
            Set(Names((before.StartsWith(mark) ? before[mark.Length..] : before).TrimEnd("\r\n"u8)));
        }
    }

    // A name that stands twice counts where it stands first.
    private void Set(IEnumerable<string> names)
    {
        var seen = new HashSet<string>();
        Targets = [.. names.Select(name => seen.Add(name) ? _byName.GetValueOrDefault(name) : null)];
        Unmapped = Targets.Count(target => target is null);
    }

    private List<string> Names(ReadOnlySpan<byte> heading)
    {
        var names = new List<string>();
        var name = new List<byte>();
        var quoted = false;
        foreach (var letter in heading)
        {
            if (letter == '"')
            {
                quoted = !quoted;
            }
            else if (letter == _delimiter && !quoted)
            {
                names.Add(Encoding.UTF8.GetString([.. name]));
                name.Clear();
            }
            else
            {
                name.Add(letter);
            }
        }

        names.Add(Encoding.UTF8.GetString([.. name]));
        return names;
    }
}
