using System.Text;

namespace AkkaPrivacy.Operators.Enrich;

/// <summary>Reads comma-separated values (RFC 4180): quotes around a value, doubled inside; a quoted value may span lines.</summary>
/// <param name="reader">The text.</param>
internal sealed class CsvTable(TextReader reader)
{
    private readonly StringBuilder _value = new();
    private readonly List<string> _values = [];
    private int _next = reader.Read();

    /// <summary>The line that the last record began on, from 1.</summary>
    public int Line { get; private set; }

    private int LinesRead { get; set; } = 1;

    /// <summary>Reads a record; empty lines are passed over.</summary>
    /// <returns>Its values; null at the end.</returns>
    /// <exception cref="TableFormatException">A quote is not closed, or text follows one.</exception>
    public IReadOnlyList<string>? Read()
    {
        while (_next is '\r' or '\n')
        {
            Advance();
        }

        if (_next < 0)
        {
            return null;
        }

        Line = LinesRead;
        _values.Clear();
        do
        {
            _values.Add(Value());
        }
        while (Takes(','));
        if (_next is not ('\r' or '\n' or < 0))
        {
            throw new TableFormatException(Line, "text follows a closing quote");
        }

        return [.. _values];
    }

    private string Value()
    {
        _value.Clear();
        if (!Takes('"'))
        {
            while (_next is not (',' or '\r' or '\n' or < 0))
            {
                _value.Append((char)Advance());
            }

            return _value.ToString();
        }

        while (true)
        {
            if (_next < 0)
            {
                throw new TableFormatException(Line, "a quote is not closed");
            }

            var c = Advance();
            if (c == '"' && !Takes('"'))
            {
                return _value.ToString();
            }

            _value.Append((char)c);
        }
    }

    private bool Takes(char expected)
    {
        if (_next != expected)
        {
            return false;
        }

        Advance();
        return true;
    }

    private int Advance()
    {
        var c = _next;
        LinesRead += c == '\n' ? 1 : 0;
        _next = reader.Read();
        return c;
    }
}

/// <summary>A table's file is not of its format.</summary>
/// <param name="line">The line, from 1.</param>
/// <param name="message">What is wrong; no value.</param>
internal sealed class TableFormatException(int line, string message) : Exception(message)
{
    public int Line { get; } = line;
}
