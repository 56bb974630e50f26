@echo off
rem The same words as the Makefile: .\make run, .\make test
setlocal
set PYTHON=python
py -3 -c "" >nul 2>&1
if not errorlevel 1 set PYTHON=py -3
%PYTHON% "%~dp0tools\tasks.py" %*
exit /b %ERRORLEVEL%
