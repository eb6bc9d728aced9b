using Spectre.Console;

namespace AkkaPrivacy.Hosting.Commands;

/// <summary>A table: with lines on a terminal, in plain aligned columns elsewhere.</summary>
/// <param name="headers">The columns; one that begins with <c>&gt;</c> is aligned to the right.</param>
internal sealed class TextTable(params string[] headers)
{
    private readonly List<string[]> _rows = [];

    /// <summary>Number of rows.</summary>
    public int Count => _rows.Count;

    /// <summary>Adds a row.</summary>
    /// <param name="cells">One text a column.</param>
    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>Writes the table.</summary>
    /// <param name="output">Where to.</param>
    public void Write(TextWriter output)
    {
        if (Terminal.IsTerminal(output))
        {
            WriteBoxed(output);
        }
        else
        {
            WritePlain(output);
        }
    }

    private void WriteBoxed(TextWriter output)
    {
        var table = new Table().RoundedBorder();
        foreach (var header in headers)
        {
            var column = new TableColumn(new Text(Title(header))) { NoWrap = true };
            table.AddColumn(IsRight(header) ? column.RightAligned() : column);
        }

        _rows.ForEach(row => table.AddRow(row.Select(cell => new Text(cell))));
        Terminal.Console(output).Write(table);
    }

    private void WritePlain(TextWriter output)
    {
        var widths = headers.Select((header, i) => _rows.Select(row => row[i].Length).Append(Title(header).Length).Max()).ToArray();
        foreach (var row in _rows.Prepend([.. headers.Select(Title)]))
        {
            var cells = row.Select((cell, i) => IsRight(headers[i]) ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]));
            output.WriteLine("  " + string.Join("  ", cells).TrimEnd());
        }
    }

    private static bool IsRight(string header) => header.StartsWith('>');

    private static string Title(string header) => IsRight(header) ? header[1..] : header;
}
