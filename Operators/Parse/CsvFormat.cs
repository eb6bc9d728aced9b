using System.Collections.Immutable;
using System.Text;

namespace AkkaPrivacy.Operators.Parse;

/// <summary>How comma-separated values are written.</summary>
public sealed record CsvFormat
{
    /// <summary>What stands between fields: a printable ASCII character other than a quote, letter, digit, <c>.</c> or <c>-</c>, or
    /// a tab. Default: a comma.</summary>
    public char Delimiter { get; init; } = ',';

    /// <summary>Whether the first record of each input is a heading, whose names say where each field stands. The source must
    /// be told too. Default: true.</summary>
    public bool HasHeading { get; init; } = true;

    /// <summary>The fields' names in order, for input without a heading; ignored where there is one. Default: none.</summary>
    public ImmutableArray<string> Columns { get; init; } = [];

    /// <summary>All mistakes.</summary>
    /// <returns>Pairs of the option's name and what is wrong; empty when the format is sound.</returns>
    public IEnumerable<(string Option, string Message)> Validate()
    {
        if (!IsDelimiter(Delimiter))
        {
            yield return (nameof(Delimiter), "a delimiter is a tab or one printable ASCII character other than a quote, a letter, a digit, '.' and '-'");
        }

        if (!HasHeading && Columns.IsEmpty)
        {
            yield return (nameof(Columns), "without a heading the columns must be named");
        }

        if (Columns.Distinct().Count() != Columns.Length)
        {
            yield return (nameof(Columns), "a column is named twice");
        }
    }

    /// <summary>Whether a character can stand between fields.</summary>
    /// <param name="c">The character.</param>
    /// <returns>True when it can.</returns>
    public static bool IsDelimiter(char c) => c == '\t' || (c is >= ' ' and <= '~' && !char.IsAsciiLetterOrDigit(c) && c is not ('"' or '.' or '-'));

    internal string Describe()
    {
        var text = new StringBuilder($"delimiter={(int)Delimiter}; ");
        return (HasHeading ? text.Append("heading; ") : text.Append("columns=").AppendJoin('|', Columns).Append("; ")).ToString();
    }
}
